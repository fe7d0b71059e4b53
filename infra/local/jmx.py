"""The agent that tells a Java server's own metrics to Prometheus, on loopback: broker and Connect.

Names are those that existing dashboards know (infra/metrics/jmx-*.yml). The agent reads MBeans, it
changes no class.
"""

from pathlib import Path

from infra.errors import Fatal
from infra.local.home import java_artefacts
from infra.local.ports import LOOPBACK

_CONFIGS = Path(__file__).parents[1] / "metrics"


def metrics_agent(name: str, port: int) -> tuple[str, ...]:
    """Return the flag by which the Java server *name* tells its metrics on *port*.

    Raises:
        Fatal: the agent is not among the Java artefacts.
    """
    found = sorted((java_artefacts() / "agent").glob("jmx_prometheus_javaagent-*.jar"))
    if not found:
        message = f"the metrics agent is not in {java_artefacts() / 'agent'}; run `make setup`."
        raise Fatal(message)
    return (f"-javaagent:{found[0]}={LOOPBACK}:{port}:{_CONFIGS / f'jmx-{name}.yml'}",)
