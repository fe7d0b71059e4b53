"""The schema registry: Apicurio, its storage in the province's cluster, loopback only (FACTS 6)."""

import urllib.request

from infra.local.access import PROVINCE, registry_url
from infra.local.component import Component
from infra.local.files import write_whole
from infra.local.home import Home, java_artefacts
from infra.local.java import STOP_S, class_archive, java_command
from infra.local.ports import LOOPBACK
from infra.local.postgres import REGISTRY


def registry(home: Home) -> Component:
    """Return the registry; its password is in `config/application.properties` where it runs."""
    place = home.run / "registry"

    def make() -> None:
        (place / "config").mkdir(parents=True, exist_ok=True)
        write_whole(place / "config" / "application.properties", registry_settings(home))

    def probe() -> None:
        with urllib.request.urlopen(f"{registry_url(home)}/subjects", timeout=3) as answer:  # noqa: S310  ours
            answer.read()

    (jar,) = (java_artefacts() / "registry").glob("*-runner.jar")
    # It serves a handful of requests a day: the quick compiler alone starts it sooner
    flags = (*class_archive(home, "registry", str(jar)), "-XX:TieredStopAtLevel=1")
    return Component(
        name="registry",
        command=java_command(512, *flags, "-jar", str(jar)),
        directory=place,
        port=home.ports.registry,
        needs=(PROVINCE,),
        make=make,
        stop_s=STOP_S,
        probe=probe,
    )


def registry_settings(home: Home) -> str:
    """Return the registry's settings; they hold a password, so their file has mode 0600."""
    ports = home.ports
    lines = (
        f"quarkus.http.host={LOOPBACK}",
        f"quarkus.http.port={ports.registry}",
        f"quarkus.management.host={LOOPBACK}",
        f"quarkus.management.port={ports.registry_management}",
        "quarkus.log.level=WARN",
        "apicurio.storage.sql.kind=postgresql",
        f"apicurio.datasource.url=jdbc:postgresql://{LOOPBACK}:{ports.province}/{REGISTRY}",
        f"apicurio.datasource.username={REGISTRY}",
        f"apicurio.datasource.password={home.secret('pg_registry')}",
        # By default it holds 20 idle connections
        "apicurio.datasource.jdbc.initial-size=2",
        "apicurio.datasource.jdbc.min-size=2",
        "apicurio.datasource.jdbc.max-size=10",
        "apicurio.ccompat.max-subjects=10000",
    )
    return "\n".join(lines) + "\n"
