"""The files the servers start with: closed by default, loopback only, safe defaults."""

from pathlib import Path

import pytest

from infra.errors import Fatal
from infra.local import connect, kafka, redis, registry
from infra.local.home import Home


def properties(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def test_the_broker_denies_whatever_no_permission_allows(home: Home) -> None:
    found = properties(kafka.broker_settings(home))
    assert found["allow.everyone.if.no.acl.found"] == "false"
    assert found["auto.create.topics.enable"] == "false"
    assert found["super.users"] == "User:broker;User:CN=broker;User:admin"
    assert "PLAINTEXT" not in found["listener.security.protocol.map"]
    assert found["listener.name.controller.ssl.client.auth"] == "required"


def test_the_broker_listens_on_loopback_alone(home: Home) -> None:
    found = properties(kafka.broker_settings(home))
    for listener in found["listeners"].split(","):
        assert "//127.0.0.1:" in listener


@pytest.mark.parametrize("prefix", ["", "producer.", "consumer.", "admin."])
def test_each_client_of_connect_logs_in(home: Home, prefix: str) -> None:
    found = properties(connect.worker_settings(home))
    assert found[f"{prefix}security.protocol"] == "SASL_SSL"
    assert home.secret("kafka_connect") in found[f"{prefix}sasl.jaas.config"]


def test_connect_never_loses_a_null_and_takes_no_overrides(home: Home) -> None:
    found = properties(connect.worker_settings(home))
    for side in ("key", "value"):
        assert found[f"{side}.converter.replace.null.with.default"] == "false"  # Invariant 7
    assert found["connector.client.config.override.policy"] == "None"
    assert found["topic.creation.enable"] == "false"
    assert found["producer.enable.idempotence"] == "true"
    assert found["rest.extension.classes"].endswith("BasicAuthSecurityRestExtension")


def test_a_worker_thrown_out_of_its_group_goes_on_at_once(home: Home) -> None:
    found = properties(connect.worker_settings(home))
    assert found["scheduled.rebalance.max.delay.ms"] == "0"


def test_connect_reads_secrets_from_its_own_directory_alone(home: Home) -> None:
    found = properties(connect.worker_settings(home))
    assert found["config.providers.file.param.allowed.paths"] == str(home.connect_secrets)


def test_the_flush_of_source_offsets_is_a_setting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUOI_CONNECT_OFFSET_FLUSH_MS", "500")
    assert properties(connect.worker_settings(home))["offset.flush.interval.ms"] == "500"


def test_the_registry_stays_on_loopback_with_few_connections(home: Home) -> None:
    found = properties(registry.registry_settings(home))
    assert found["quarkus.http.host"] == found["quarkus.management.host"] == "127.0.0.1"
    assert found["apicurio.datasource.jdbc.max-size"] == "10"


def test_the_access_list_of_redis_holds_no_password() -> None:
    found = redis.access_list({"admin": "secret-1", "sink": "secret-2", "portal": "secret-3"})
    assert found.startswith("user default off\n")
    assert "secret" not in found
    assert "+@connection" not in found


def test_the_portals_user_of_redis_only_reads() -> None:
    found = redis.access_list({"portal": "secret"}).splitlines()[1]
    assert "%R~pub:*" in found
    assert "+@write" not in found
    assert "-scan" in found


@pytest.fixture
def artefacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of jars that are none."""
    found = tmp_path / "java"
    for name in ("broker", "connect", "agent", "registry"):
        (found / name).mkdir(parents=True)
    (found / "agent" / "jmx_prometheus_javaagent-1.0.1.jar").touch()
    monkeypatch.setenv("SUOI_JAVA_DIR", str(found))
    return found


@pytest.mark.usefixtures("artefacts")
def test_the_metrics_of_java_are_told_on_loopback_alone(home: Home) -> None:
    for made, port in (
        (kafka.broker(home), home.ports.kafka_metrics),
        (connect.worker(home), home.ports.connect_metrics),
    ):
        (agent,) = (word for word in made.command if word.startswith("-javaagent:"))
        config = agent.partition(f"=127.0.0.1:{port}:")[2]
        assert Path(config).is_file()


@pytest.mark.usefixtures("artefacts")
def test_an_archive_of_classes_is_written_beside_an_agent(home: Home) -> None:
    command = kafka.broker(home).command
    assert "-XX:+AllowArchivingWithJavaAgent" in command  # else Java 17 refuses to start
    assert command.index("-XX:+UnlockDiagnosticVMOptions") < command.index(
        "-XX:+AllowArchivingWithJavaAgent"
    )
    assert any(word.startswith("-XX:ArchiveClassesAtExit=") for word in command)


def test_without_the_agent_the_next_step_is_said(artefacts: Path, home: Home) -> None:
    (artefacts / "agent" / "jmx_prometheus_javaagent-1.0.1.jar").unlink()
    with pytest.raises(Fatal, match="run `make setup`"):
        kafka.broker(home)
