"""moto's server with what an audit asks for and moto 5.2 has not: started by `server.py`, with the server's arguments.

* `elasticache:DescribeServerlessCaches` is not there: it answers that there are none.
* `servicediscovery:ListServices` takes no notice of its filter: it lists the services of the namespace asked for.
* The security groups and the parameter group of a cache cluster are taken and not told again: they are told.
* A deployment is in progress for ever: one whose service runs the tasks that it should is completed.
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.elasticache.models import CacheCluster
from moto.elasticache.responses import ElastiCacheResponse
from moto.server import main
from moto.servicediscovery.responses import ServiceDiscoveryResponse

DESCRIBE = EC2ContainerServiceBackend.describe_services


def no_serverless_caches(self: ElastiCacheResponse) -> ActionResult:  # noqa: ARG001
    """Answer that there are no serverless caches."""
    return ActionResult({"ServerlessCaches": []})


def services_of_namespace(self: ServiceDiscoveryResponse) -> str:
    """List the services that fit a filter on the namespace, if there is one."""
    filters = json.loads(self.body).get("Filters") or ()
    wanted = {one["Values"][0] for one in filters if one["Name"] == "NAMESPACE_ID"}
    services = self.servicediscovery_backend.list_services()
    found = [service.to_json() for service in services if not wanted or service.namespace_id in wanted]
    return json.dumps({"Services": found})


def security_groups(self: CacheCluster) -> list[dict[str, str]]:
    """Return the groups that were given when the cluster was made, as a response has them."""
    return [{"security_group_id": group, "status": "active"} for group in self.security_group_ids]


def parameter_group(self: CacheCluster) -> dict[str, Any]:
    """Return the parameter group that was given when the cluster was made, as a response has it."""
    return {"cache_parameter_group_name": self.cache_parameter_group_name, "parameter_apply_status": "in-sync"}


def deployed(
    self: EC2ContainerServiceBackend, cluster: str, names: list[str]
) -> tuple[list[Service], list[dict[str, str]]]:
    """Describe services, with their deployments completed."""
    services, failures = DESCRIBE(self, cluster, names)
    for service in services:
        for deployment in service.deployments if service.running_count >= service.desired_count else ():
            deployment["rolloutState"] = "COMPLETED"
    return services, failures


if __name__ == "__main__":
    ElastiCacheResponse.describe_serverless_caches = no_serverless_caches
    ServiceDiscoveryResponse.list_services = services_of_namespace
    CacheCluster.security_groups = property(security_groups)
    CacheCluster.cache_parameter_group = property(parameter_group)
    EC2ContainerServiceBackend.describe_services = deployed
    main()
