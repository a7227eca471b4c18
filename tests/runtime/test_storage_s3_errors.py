import aiohttp
import pytest
from botocore import exceptions as boto
from s3fs.errors import translate_boto_error

from facescale.runtime.storage_s3_errors import HINTS, judge, library_errors, words


def answered(code: str, message: str = "told to fail") -> Exception:
    """Return what s3fs raises for an answer of the server."""
    return translate_boto_error(boto.ClientError({"Error": {"Code": code, "Message": message}}, "PutObject"))


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("AccessDenied", "denied"),
        ("403", "denied"),
        ("ExpiredToken", "credentials"),
        ("InvalidAccessKeyId", "credentials"),
        ("SignatureDoesNotMatch", "credentials"),
        ("NoSuchBucket", "missing-bucket"),
        ("NoSuchKey", "missing"),
        ("404", "missing"),
        ("PreconditionFailed", "exists"),
        ("ConditionalRequestConflict", "transient"),
        ("SlowDown", "transient"),
        ("503", "transient"),
        ("InternalError", "transient"),
        ("RequestTimeout", "transient"),
        ("XMinioStorageFull", "no-space"),
        ("NotImplemented", "unsupported"),
        ("SomethingNew", "unreachable"),
    ],
)
def test_an_answer_of_the_server_is_judged_by_its_code(code, verdict):
    assert judge(answered(code)) == verdict


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (boto.NoCredentialsError(), "credentials"),
        (boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "credentials"),
        (boto.CredentialRetrievalError(provider="role", error_msg="x"), "credentials"),
        (boto.ProfileNotFound(profile="x"), "credentials"),
        (boto.EndpointConnectionError(endpoint_url="http://x"), "transient"),
        (boto.ConnectTimeoutError(endpoint_url="http://x"), "transient"),
        (boto.ReadTimeoutError(endpoint_url="http://x"), "transient"),
        (boto.ConnectionClosedError(endpoint_url="http://x"), "transient"),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), "transient"),
        (aiohttp.ClientPayloadError("cut short"), "transient"),
        (ConnectionResetError("reset"), "transient"),
        (TimeoutError("slow"), "transient"),
        (PermissionError("no"), "denied"),
        (FileNotFoundError("no"), "missing"),
        (OSError("odd"), "unreachable"),
    ],
)
def test_an_error_before_the_server_spoke_is_judged_by_its_class(error, verdict):
    assert judge(error) == verdict
    assert isinstance(error, (OSError, *library_errors()))


def test_the_user_sees_code_and_message_once():
    assert words(answered("SlowDown", "reduce your rate")) == "SlowDown: reduce your rate"
    assert words(answered("SlowDown", "SlowDown, please")) == "SlowDown, please"
    assert words(TimeoutError()) == "TimeoutError"


def test_every_kind_that_stops_a_run_says_what_to_do():
    assert set(HINTS) == {"credentials", "denied", "no-space", "missing-bucket", "unreachable", "unsupported"}
