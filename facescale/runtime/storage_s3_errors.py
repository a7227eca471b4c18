"""What an error from S3 means: try again, stop the run, or a fact about one object. Sends no requests."""

from typing import Any, Literal

from facescale.runtime.storage import UnavailableKind

_CREDENTIALS: frozenset[str] = frozenset({
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidToken", "InvalidClientTokenId",
    "SignatureDoesNotMatch", "TokenRefreshRequired", "UnrecognizedClientException",
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError",
    "UnauthorizedSSOTokenError", "SSOTokenLoadError", "ProfileNotFound", "InvalidConfigError",
})  # fmt: skip
_DENIED: frozenset[str] = frozenset({
    "AccessDenied", "AllAccessDisabled", "AccountProblem", "403", "Forbidden", "RequestTimeTooSkewed",
    "MethodNotAllowed", "NotSignedUp", "InvalidObjectState",
})  # fmt: skip
_NO_SPACE: frozenset[str] = frozenset({"QuotaExceeded", "XMinioStorageFull", "507", "InsufficientStorage"})
_UNSUPPORTED: frozenset[str] = frozenset({"NotImplemented", "501"})
_EXISTS: frozenset[str] = frozenset({"PreconditionFailed", "412"})
_TRANSIENT: frozenset[str] = frozenset({
    "SlowDown", "ServiceUnavailable", "InternalError", "InternalServerError", "RequestTimeout", "Throttling",
    "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "BandwidthLimitExceeded",
    "OperationAborted", "BadDigest", "IncompleteBody", "ConditionalRequestConflict",
    "XAmzContentSHA256Mismatch", "429", "500", "502", "503", "504",
})  # fmt: skip
_TRANSIENT_CLASSES: frozenset[str] = frozenset({
    "ConnectionError", "HTTPClientError", "IncompleteReadError", "ResponseParserError", "TimeoutError",
    "ClientError", "IncompleteRead", "FSTimeoutError",
})  # fmt: skip
_VERDICTS: tuple[tuple[frozenset[str], Any], ...] = (
    (_CREDENTIALS, "credentials"),
    (_DENIED, "denied"),
    (_NO_SPACE, "no-space"),
    (_UNSUPPORTED, "unsupported"),
    (_EXISTS, "exists"),
    (_TRANSIENT, "transient"),
    (frozenset({"NoSuchBucket"}), "missing-bucket"),
    (frozenset({"NoSuchKey", "404"}), "missing"),
)
HINTS: dict[UnavailableKind, str] = {
    "credentials": "give this process valid credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "AWS_PROFILE, or a role of the node) and run again: finished items are kept",
    "denied": "the credentials lack s3:ListBucket on the bucket or s3:GetObject, s3:PutObject, "
    "s3:DeleteObject under the prefix",
    "no-space": "the store is full: free some space, or choose another OUT",
    "missing-bucket": "create the bucket, or correct OUT",
    "unreachable": "check the network and AWS_ENDPOINT_URL",
    "unsupported": "this store cannot keep outcomes safe: use one that has conditional writes, or a folder",
}


def library_errors() -> tuple[type[Exception], ...]:
    """Return what the S3 library raises beside OSErrors."""
    import aiohttp
    from botocore.exceptions import BotoCoreError, ClientError
    from fsspec.exceptions import FSTimeoutError

    return (BotoCoreError, ClientError, FSTimeoutError, aiohttp.ClientError)


def judge(error: Exception) -> UnavailableKind | Literal["exists", "missing", "transient"]:
    """Tell what an error of one request means.

    Returns:
        "exists" and "missing" are about the object; "transient" is worth another try; the others stop a run.
    """
    code = _code(error)
    for codes, kind in _VERDICTS:
        if code in codes:
            return kind
    if isinstance(error, FileNotFoundError):
        return "missing"
    if _TRANSIENT_CLASSES & {base.__name__ for base in type(error).__mro__}:
        return "transient"
    return "denied" if isinstance(error, PermissionError) else "unreachable"


def _code(error: Exception) -> str:
    """Return the store's error code, or the class name where the library failed before the store spoke."""
    cause = error if hasattr(error, "response") else error.__cause__
    response = getattr(cause, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", ""))
    from botocore.exceptions import BotoCoreError

    return type(error).__name__ if isinstance(error, BotoCoreError) else ""


def words(error: Exception) -> str:
    """Return code and message for the user."""
    code = _code(error)
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{code}: {text}" if code and code not in text else text
