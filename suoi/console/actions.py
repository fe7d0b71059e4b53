"""The actions, one line each: where, on what, with which fields, and what is done.

The same name in `roles.py` says who may; `act.NAME.consequence` in the words says what follows.
"""

from suoi.console.action import Action
from suoi.console.acts import capture, quarantine, users

ACTIONS: tuple[Action, ...] = (
    Action(
        name="connector.pause",
        path="/connectors/{source}/pause",
        find=capture.source,
        do=capture.pause_connector,
    ),
    Action(
        name="connector.resume",
        path="/connectors/{source}/resume",
        find=capture.source,
        do=capture.resume_connector,
    ),
    Action(
        name="connector.restart",
        path="/connectors/{source}/restart",
        find=capture.source,
        do=capture.restart_connector,
    ),
    Action(
        name="connector.load",
        path="/connectors/{source}/load",
        find=capture.source,
        do=capture.load,
        fields=capture.tables,
    ),
    Action(
        name="dataset.pause",
        path="/datasets/{dataset}/pause",
        find=capture.of_dataset,
        do=capture.pause_dataset,
    ),
    Action(
        name="dataset.resume",
        path="/datasets/{dataset}/resume",
        find=capture.of_dataset,
        do=capture.resume_dataset,
    ),
    Action(
        name="quarantine.preview",
        path="/quarantine/preview",
        find=quarantine.queue,
        do=quarantine.preview,
        fields=quarantine.choice,
        after="quarantine.replay",
    ),
    Action(
        name="quarantine.replay",
        path="/quarantine/replay",
        find=quarantine.queue,
        do=quarantine.replay,
        fields=quarantine.choice,
    ),
    Action(
        name="item.unmask",
        path="/quarantine/{item}/unmask",
        find=quarantine.item,
        do=quarantine.unmask,
    ),
    Action(
        name="user.add",
        path="/users/add",
        find=users.anew,
        do=users.add,
        fields=users.newcomer,
    ),
    Action(
        name="user.role",
        path="/users/{user}/role",
        find=users.person,
        do=users.change_role,
        fields=users.place,
    ),
    Action(name="user.reset", path="/users/{user}/reset", find=users.person, do=users.reset),
    Action(
        name="user.lock",
        path="/users/{user}/lock",
        find=users.person,
        do=users.lock,
        fields=users.lock_fields,
    ),
    Action(
        name="account.password",
        path="/account/password",
        find=users.oneself,
        do=users.change_password,
        fields=users.passwords,
    ),
)

BY_NAME = {action.name: action for action in ACTIONS}
