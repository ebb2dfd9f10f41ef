"""Clients and keys, as the owner handles them."""

from dataclasses import asdict

from server.services.admin.bodies import (
    ClientAsked,
    ClientList,
    ClientView,
    KeyAsked,
    KeyLimited,
    KeyList,
    KeyMade,
    KeyNamed,
    KeyRotated,
    KeysWanted,
    KeyView,
    LimitsBody,
    Nothing,
)
from server.services.clients import DESK, Client, KeyInfo
from server.services.keys import ApiKey
from server.services.limits import KeyLimits
from server.services.parts import Parts

_DAY_S = 86_400.0


class Registry:
    """Who the server works for, and their keys."""

    def __init__(self, parts: Parts) -> None:
        self._clients = parts.clients
        self._clock = parts.clock
        self._defaults = parts.limits.defaults

    def add_client(self, asked: ClientAsked) -> ClientView:
        """A new client."""
        return _view(self._clients.add(asked.name, asked.time_zone, asked.language or "en"))

    def change_client(self, asked: ClientAsked) -> ClientView:
        """Another time zone or language."""
        return _view(self._clients.change(asked.name, asked.time_zone, asked.language))

    def clients(self, _asked: Nothing) -> ClientList:
        """Every client."""
        return ClientList(clients=[_view(client) for client in self._clients.all()])

    def add_key(self, asked: KeyAsked) -> KeyMade:
        """A new key; it is seen this once."""
        expires_s = asked.expires_s if asked.days is None else self._clock.wall() + asked.days * _DAY_S
        return self._made(self._clients.add_key(asked.client, asked.scopes or DESK, expires_s))

    def keys(self, asked: KeysWanted) -> KeyList:
        """Keys of one client, or of all."""
        names = {client.id: client.name for client in self._clients.all()}
        owner = None if asked.client is None else self._clients.named(asked.client).id
        found = [key for key in self._clients.all_keys() if owner in {None, key.client_id}]
        views = [_key_view(key, names.get(key.client_id, "")) for key in found]
        return KeyList(keys=views, defaults=LimitsBody.model_construct(**asdict(self._defaults)))

    def rotate(self, asked: KeyRotated) -> KeyMade:
        """A new secret; it is seen this once."""
        return self._made(self._clients.rotate(asked.key_id, asked.overlap_h))

    def revoke(self, asked: KeyNamed) -> KeyView:
        """Make a key worthless."""
        self._clients.revoke(asked.key_id)
        return self._one(asked.key_id)

    def limit(self, asked: KeyLimited) -> KeyView:
        """Lay other limits over a key's own ones; none is set where none is told."""
        before = self._one(asked.key_id).limits
        told = asked.limits.set_fields(*LimitsBody.model_fields)
        if told:
            self._clients.set_limits(asked.key_id, KeyLimits(**before.model_dump() | told))
        return self._one(asked.key_id)

    def _made(self, key: ApiKey) -> KeyMade:
        return KeyMade(key=key.text, **self._one(key.id).model_dump())

    def _one(self, key_id: str) -> KeyView:
        info = self._clients.key(key_id)
        names = {client.id: client.name for client in self._clients.all()}
        return _key_view(info, names.get(info.client_id, ""))


def _view(client: Client) -> ClientView:
    return ClientView.model_validate(asdict(client))


def _key_view(key: KeyInfo, client_name: str) -> KeyView:
    limits = LimitsBody.model_construct(**asdict(key.limits))
    return KeyView(client_name=client_name, limits=limits, **{k: v for k, v in asdict(key).items() if k != "limits"})
