"""The Redis of the portal: a cache, entered only by the users of its ACL file."""

import hashlib

from infra.local import programs
from infra.local.component import Component
from infra.local.files import write_whole
from infra.local.home import Home
from infra.local.ports import LOOPBACK
from infra.redis_client import open_redis
from infra.settings import RedisAccess

# Never `+@connection`: it allows CLIENT LIST. Key patterns do not limit SCAN: the portal has none.
_RIGHTS = {
    "admin": "~* &* +@all",
    "sink": (
        "~pub:* &pub:* -@all +@read +@write +@scripting +@transaction +@pubsub +ping +hello +auth "
        "+select +client|setname -@dangerous -@admin +info"
    ),
    "portal": (
        "%R~pub:* &pub:* -@all +@read +subscribe +unsubscribe +psubscribe +punsubscribe +ping "
        "+hello +auth +client|setname -@dangerous -scan -randomkey -dbsize"
    ),
}


def cache(home: Home) -> Component:
    """Return the portal's Redis."""
    settings, users = home.run / "redis.conf", home.run / "redis.acl"
    access = RedisAccess(
        host=LOOPBACK,
        port=home.ports.redis,
        user="admin",
        password_file=home.secret_file("redis_admin"),
    )

    def make() -> None:
        write_whole(users, access_list({user: home.secret(f"redis_{user}") for user in _RIGHTS}))
        lines = (
            f"bind {LOOPBACK}",
            f"port {home.ports.redis}",
            f'aclfile "{users}"',
            f'dir "{home.data}"',
            'save ""',
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",  # evicted keys would be silent holes in the portal
        )
        write_whole(settings, "\n".join(lines) + "\n")

    def probe() -> None:
        with open_redis(access, "supervisor") as client:
            client.ping()

    return Component(
        name="redis",
        command=(str(programs.redis()), str(settings)),
        port=home.ports.redis,
        make=make,
        probe=probe,
    )


def access_list(passwords: dict[str, str]) -> str:
    """Return the ACL file; it holds the SHA-256 of each password, not the password."""
    lines = ["user default off"]
    for user, password in passwords.items():
        lines.append(
            f"user {user} on #{hashlib.sha256(password.encode()).hexdigest()} {_RIGHTS[user]}"
        )
    return "\n".join(lines) + "\n"
