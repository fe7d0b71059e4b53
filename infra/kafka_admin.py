"""Kafka as its administrator: users, topics and permissions made as wanted, idempotently."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import OFFSET_END, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    ConfigSource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from infra.errors import Fatal, Transient
from schemas.access import Grant
from schemas.topics import Topic

_WAIT_S = 30.0
_RESOURCES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "cluster": ResourceType.BROKER,
}
_ITERATIONS = 4096
_ALL = AclBindingFilter(
    ResourceType.ANY,
    None,  # type: ignore[arg-type]  # anything: the client's types do not know it
    ResourcePatternType.ANY,
    None,  # type: ignore[arg-type]
    None,  # type: ignore[arg-type]
    AclOperation.ANY,
    AclPermissionType.ANY,
)


def ensure_users(admin: AdminClient, passwords: Mapping[str, str]) -> None:
    """Give each principal its SCRAM-SHA-512 password; a user that exists gets it anew."""
    how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(user, how, password.encode())
        for user, password in passwords.items()
    ]
    for future in admin.alter_user_scram_credentials(wanted).values():
        _result(future, "set a password")


def ensure_topics(admin: AdminClient, wanted: Iterable[Topic]) -> list[str]:
    """Make the topics that are missing and correct settings that differ; returns the names made.

    One that has no version keeps the partition count it was made with.

    Raises:
        Fatal: a versioned topic exists with another partition count; another count is another
        topic (DESIGN.md 2).
    """
    wanted = list(wanted)
    there = _there(admin)
    for topic in wanted:
        known = there.get(topic.name) if topic.versioned else None
        if known is not None and len(known.partitions) != topic.partitions:
            message = (
                f"Topic {topic.name} has {len(known.partitions)} partitions, "
                f"its contract wants {topic.partitions}. The count never changes: "
                "raise the contract's major version instead."
            )
            raise Fatal(message)
    made = [topic for topic in wanted if topic.name not in there]
    _make(admin, made)
    _correct(admin, [topic for topic in wanted if topic.name in there])
    return [topic.name for topic in made]


def ensure_grants(admin: AdminClient, wanted: Iterable[Grant]) -> None:
    """Make every permission; one that exists stays as it is."""
    bindings = [AclBinding(*_binding_parts(grant)) for grant in wanted]
    if bindings:
        for future in admin.create_acls(bindings).values():
            _result(future, "make a permission")


def readers_of(admin: AdminClient, topic: str) -> set[str]:
    """Name the principals that a permission of their own lets read *topic*, by its whole name."""
    asked = AclBindingFilter(
        ResourceType.TOPIC,
        topic,
        ResourcePatternType.LITERAL,
        None,  # type: ignore[arg-type]  # anybody: the client's types do not know it
        None,  # type: ignore[arg-type]
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    found = _result(admin.describe_acls(asked), "list permissions")
    return {one.principal.removeprefix("User:") for one in found}


def grants_there(admin: AdminClient) -> set[Grant]:
    """Every permission that Kafka holds on topics, groups and the cluster."""
    kinds = {kind: name for name, kind in _RESOURCES.items()}
    found = _result(admin.describe_acls(_ALL), "list permissions")
    return {
        Grant(
            one.principal.removeprefix("User:"),
            kinds[one.restype],
            one.name,
            one.operation.name,
            one.resource_pattern_type is ResourcePatternType.PREFIXED,
        )
        for one in found
        if one.restype in kinds and one.permission_type is AclPermissionType.ALLOW
    }


def remove_grants(admin: AdminClient, gone: Iterable[Grant]) -> None:
    """Take permissions away; one that is not there is no error."""
    filters = [AclBindingFilter(*_binding_parts(grant)) for grant in gone]
    if filters:
        for future in admin.delete_acls(filters).values():
            _result(future, "take a permission away")


def _there(admin: AdminClient) -> dict[str, Any]:
    try:
        return dict(admin.list_topics(timeout=_WAIT_S).topics)
    except KafkaException as error:
        message = f"Kafka did not list its topics: {error.args[0].str()}."
        raise Transient(message) from error


def _make(admin: AdminClient, missing: list[Topic]) -> None:
    if not missing:
        return
    new = [NewTopic(topic.name, topic.partitions, 1, config=topic.config) for topic in missing]
    for name, future in admin.create_topics(new, operation_timeout=_WAIT_S).items():
        _result(future, f"make the topic {name}", known=KafkaError.TOPIC_ALREADY_EXISTS)


def _correct(admin: AdminClient, present: list[Topic]) -> None:
    """Settings given by us are compared with those in force; topics that agree are left alone."""
    if not present:
        return
    resources = [ConfigResource(ConfigResource.Type.TOPIC, topic.name) for topic in present]
    running = {
        resource.name: {
            name: entry.value
            for name, entry in _result(future, "read settings").items()
            if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
        }
        for resource, future in admin.describe_configs(resources).items()
    }
    changed = [
        ConfigResource(ConfigResource.Type.TOPIC, topic.name, set_config=topic.config)
        for topic in present
        if running[topic.name] != topic.config
    ]
    if changed:
        for future in admin.alter_configs(changed).values():
            _result(future, "change settings")


def _binding_parts(grant: Grant) -> tuple[Any, ...]:
    pattern = ResourcePatternType.PREFIXED if grant.prefixed else ResourcePatternType.LITERAL
    return (
        _RESOURCES[grant.resource],
        grant.name,
        pattern,
        f"User:{grant.principal}",
        "*",
        AclOperation[grant.operation],
        AclPermissionType.ALLOW,
    )


def _result(future: Future[Any], deed: str, known: int | None = None) -> Any:  # noqa: ANN401  the client's own types
    try:
        return future.result(timeout=_WAIT_S)
    except TimeoutError as error:
        message = f"Kafka did not {deed} within {_WAIT_S:g} s. Is the stack up (suoi status)?"
        raise Transient(message) from error
    except KafkaException as error:
        if error.args[0].code() == known:
            return None
        said = error.args[0].str()
        message = f"Kafka could not {deed}: {said}. Is the stack up (suoi status)?"
        raise Transient(message) from error


def empty_topic(admin: AdminClient, name: str) -> None:
    """Delete every record that topic *name*, of one partition, holds now.

    Raises:
        Transient: Kafka does not answer.
    """
    whole = TopicPartition(name, 0, OFFSET_END)
    for answer in admin.delete_records([whole]).values():
        _result(answer, "empty a topic")
