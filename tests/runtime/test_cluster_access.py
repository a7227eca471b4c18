import pytest

from facescale.runtime.cluster_access import refuse_open_cluster

OPEN = "10.0.0.5:6379"


@pytest.mark.parametrize(
    "address", ["", "auto", "local", "localhost:6379", "127.0.0.1:6379", "ray://127.1.2.3:10001", "[::1]:6379"]
)
def test_a_cluster_on_the_loopback_needs_no_token(tmp_path, address):
    refuse_open_cluster(address, {}, home=tmp_path)


@pytest.mark.parametrize(
    "address",
    [OPEN, "ray://head.example:10001", "http://10.0.0.5:8265/x", "[2001:db8::1]:6379", "localhost.evil:1"],
)
def test_a_cluster_that_others_reach_is_refused_without_a_token(tmp_path, address):
    with pytest.raises(ValueError, match="expected a token for the cluster at"):
        refuse_open_cluster(address, {"RAY_AUTH_MODE": "token"}, home=tmp_path)


def test_a_cluster_whose_authentication_is_off_is_refused_even_with_a_token(tmp_path):
    with pytest.raises(ValueError, match="got 'disabled'"):
        refuse_open_cluster(OPEN, {"RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN": "x"}, home=tmp_path)


def test_a_token_is_found_in_the_environment_a_file_or_the_home_and_never_repeated(tmp_path):
    refuse_open_cluster(OPEN, {"RAY_AUTH_TOKEN": "secret"}, home=tmp_path)
    with pytest.raises(ValueError, match="found none"):
        refuse_open_cluster(OPEN, {"RAY_AUTH_TOKEN_PATH": str(tmp_path / "token")}, home=tmp_path)
    (tmp_path / "token").write_text("secret")
    refuse_open_cluster(OPEN, {"RAY_AUTH_TOKEN_PATH": str(tmp_path / "token")}, home=tmp_path)
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("secret")
    refuse_open_cluster(OPEN, {}, home=tmp_path)
    with pytest.raises(ValueError, match="got 'off'") as refused:
        refuse_open_cluster(OPEN, {"RAY_AUTH_MODE": "off", "RAY_AUTH_TOKEN": "secret"}, home=tmp_path)
    assert "secret" not in str(refused.value)
