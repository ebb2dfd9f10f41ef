"""Secrets lie in the keyring, or in a file for the owner alone, and never in an error."""

import stat
from pathlib import Path

import keyring
import keyring.errors
import pytest

from tests.conftest import KeyringInMemory
from vigint_core.domain.fault import Code, VigintError
from vigint_desktop.secrets import FileSecrets, KeyringSecrets, SecretStore, camera_password, open_secrets


@pytest.fixture(params=["keyring", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SecretStore:
    if request.param == "file":
        return FileSecrets(tmp_path / "config" / "secrets.json")
    request.getfixturevalue("working_keyring")
    return KeyringSecrets("VigInt-test")


def test_a_secret_that_was_never_kept_is_empty(store: SecretStore) -> None:
    assert store.get("server-key") == ""


def test_what_is_kept_is_found_again(store: SecretStore) -> None:
    store.set("server-key", "blue")
    store.set(camera_password("door"), 'père: "#@')
    store.set("server-key", "green")

    assert store.get("server-key") == "green"
    assert store.get("camera-door") == 'père: "#@'


def test_an_empty_secret_is_removed(store: SecretStore) -> None:
    store.set("server-key", "blue")
    store.set("server-key", "")
    store.set("never-kept", "")

    assert store.get("server-key") == ""


def test_a_file_is_for_the_owner_alone_and_says_that_it_protects_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config" / "secrets.json"
    store = FileSecrets(file)

    store.set("server-key", "blue")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["secrets.json"]
    assert not store.protected
    assert store.place == str(file)


def test_a_file_that_others_could_read_is_closed_by_the_next_write(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("{}", "utf-8")
    file.chmod(0o644)

    FileSecrets(file).set("server-key", "blue")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff", b'"text"'])
def test_a_damaged_file_is_named_and_never_overwritten(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_bytes(content)

    for action in (lambda: FileSecrets(file).get("server-key"), lambda: FileSecrets(file).set("server-key", "blue")):
        with pytest.raises(VigintError) as caught:
            action()
        assert caught.value.code is Code.STORE_FAILED

    assert file.read_bytes() == content


def test_a_file_that_cannot_be_written_is_an_error_without_the_secret(tmp_path: Path) -> None:
    (tmp_path / "secrets.new").mkdir()
    (tmp_path / "secrets.new" / "full").touch()

    with pytest.raises(VigintError) as caught:
        FileSecrets(tmp_path / "secrets.json").set("server-key", "blue-and-secret")

    assert caught.value.code is Code.STORE_FAILED
    assert "blue-and-secret" not in f"{caught.value!r} {caught.value}"


def test_where_a_keyring_works_it_is_used_and_left_as_it_was(working_keyring: KeyringInMemory, tmp_path: Path) -> None:
    store = open_secrets(tmp_path / "secrets.json")

    assert store.protected
    assert working_keyring.kept == {}
    assert list(tmp_path.iterdir()) == []


def test_where_no_keyring_works_the_file_is_used(tmp_path: Path) -> None:
    store = open_secrets(tmp_path / "secrets.json")

    assert not store.protected
    assert store.place == str(tmp_path / "secrets.json")


def test_a_keyring_that_swallows_what_it_is_given_is_not_trusted(
    working_keyring: KeyringInMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_keyring, "set_password", lambda *_: None)

    assert not open_secrets(tmp_path / "secrets.json").protected


@pytest.mark.parametrize("error", [keyring.errors.KeyringLocked("locked"), ConnectionResetError("bus gone")])
def test_a_keyring_that_fails_later_is_a_typed_error_without_the_secret(
    working_keyring: KeyringInMemory, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = KeyringSecrets("VigInt-test")

    def fail(*_: str) -> None:
        raise error

    monkeypatch.setattr(working_keyring, "get_password", fail)
    monkeypatch.setattr(working_keyring, "set_password", fail)

    for action in (lambda: store.get("server-key"), lambda: store.set("server-key", "blue-and-secret")):
        with pytest.raises(VigintError) as caught:
            action()
        assert caught.value.code is Code.STORE_FAILED
        assert "blue" not in str(caught.value)


def test_two_installations_do_not_see_each_other(working_keyring: KeyringInMemory) -> None:
    KeyringSecrets("VigInt /one").set("server-key", "blue")

    assert KeyringSecrets("VigInt /two").get("server-key") == ""
    assert keyring.get_password("VigInt /one", "server-key") == "blue"
