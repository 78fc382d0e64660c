"""CloudFront: distributions and their origins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asbuilt.sources.aws.operations import Call, Operation
from asbuilt.sources.aws.table import Table

if TYPE_CHECKING:
    from asbuilt.sources.aws.scheduler import Steps
    from asbuilt.sources.aws.target import Target

GLOBAL = True
DISTRIBUTIONS = Operation(
    "cloudfront", "ListDistributions", "DistributionList.Items", ("AWS::CloudFront::Distribution",)
)
OPERATIONS = (DISTRIBUTIONS,)

DISTRIBUTION = Table(
    "AWS::CloudFront::Distribution",
    "cloudfront.ListDistributions",
    "DistributionList.Items[]",
    {
        "Enabled": "DistributionConfig.Enabled",
        "Aliases.Items": "DistributionConfig.Aliases",
        "Comment": "DistributionConfig.Comment",
        "Origins.Items": "DistributionConfig.Origins",
        "HttpVersion": "DistributionConfig.HttpVersion",
        "PriceClass": "DistributionConfig.PriceClass",
        "WebACLId": "DistributionConfig.WebACLId",
        "Staging": "DistributionConfig.Staging",
    },
)


def collect(target: Target) -> Steps:
    """List the distributions of an account."""
    (reply,) = yield [Call(DISTRIBUTIONS)]
    found = []
    for body in reply.items():
        arn = body.get("ARN") or target.arn("cloudfront", f"distribution/{body['Id']}", regional=False)
        ids = [body.get("Id"), body.get("DomainName")]
        found.append(target.resource(DISTRIBUTION, body, arn, ids=ids, regional=False))
    return list({resource.key: resource for resource in found}.values())
