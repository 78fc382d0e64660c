"""Write a realistic Terraform folder with a given number of resources, the same for the same number.

    python scripts/generate_platform.py 2000 build/platform-2000

A platform is a network and teams. Each team has 21 resources: 12 written out, with references to each other and to the
network, 3 log groups from a `for_each` over a map, and 6 from a module that is called for each of its workers. Log
groups fill up what is left to the number. Most values are as the bundled spec wants them, every seventh is not.
"""

from __future__ import annotations

import sys
from pathlib import Path

NETWORK_RESOURCES = 12
TEAM_RESOURCES = 21

NETWORK = """
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "log_days" {
  type    = number
  default = 30
}

variable "zones" {
  type    = list(string)
  default = ["us-east-1a", "us-east-1b", "us-east-1c"]
}

locals {
  name = "generated-prod"
  tags = {
    Project     = "generated"
    Environment = "prod"
  }
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = merge(local.tags, { Name = local.name })
}

resource "aws_subnet" "private" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index + 11)
  availability_zone = var.zones[count.index]
}

resource "aws_subnet" "public" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index + 1)
  availability_zone = var.zones[count.index]
}

resource "aws_kms_key" "logs" {
  description         = "Logs"
  enable_key_rotation = true
}

resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_lb" "main" {
  name               = local.name
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
  security_groups    = [aws_security_group.lb.id]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:us-east-1:111122223333:certificate/generated"

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_security_group" "lb" {
  name   = "${local.name}-lb"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = [80, 443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
"""

TEAM = """
locals {{
  {team}_workers = {{
    ingest = {{ cpu = 256, memory = 512, queue = "{team}-ingest" }}
    export = {{ cpu = 512, memory = 1024, queue = "{team}-export" }}
  }}
  {team}_jobs = {{ nightly = 30, hourly = 30, weekly = {odd_days} }}
}}

resource "aws_security_group" "{team}" {{
  name        = "{team}-tasks"
  description = "Tasks of {team}"
  vpc_id      = aws_vpc.main.id

  ingress {{
    from_port       = {port}
    to_port         = {port}
    protocol        = "tcp"
    security_groups = [aws_security_group.lb.id]
  }}

  egress {{
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }}

  tags = merge(local.tags, {{ Team = "{team}" }})
}}

resource "aws_vpc_security_group_ingress_rule" "{team}_self" {{
  security_group_id            = aws_security_group.{team}.id
  referenced_security_group_id = aws_security_group.{team}.id
  from_port                    = {port}
  to_port                      = {port}
  ip_protocol                  = "tcp"
}}

resource "aws_iam_role" "{team}_execution" {{
  name = "{team}-execution"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = {{ Service = "ecs-tasks.amazonaws.com" }}
    }}]
  }})
}}

resource "aws_iam_role_policy_attachment" "{team}_execution" {{
  role       = aws_iam_role.{team}_execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}}

resource "aws_iam_role" "{team}_task" {{
  name               = "{team}-task"
  assume_role_policy = aws_iam_role.{team}_execution.assume_role_policy
}}

resource "aws_iam_role_policy" "{team}_task" {{
  name = "{team}-task"
  role = aws_iam_role.{team}_task.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${{aws_s3_bucket.{team}.arn}}/*"
    }}]
  }})
}}

resource "aws_s3_bucket" "{team}" {{
  bucket = "${{local.name}}-{team}"
  tags   = {{ Team = "{team}" }}
}}

resource "aws_cloudwatch_log_group" "{team}" {{
  name              = "/ecs/${{local.name}}/{team}"
  retention_in_days = {days}
  kms_key_id        = aws_kms_key.logs.arn
}}

resource "aws_cloudwatch_log_group" "{team}_jobs" {{
  for_each          = local.{team}_jobs
  name              = "/jobs/${{local.name}}/{team}/${{each.key}}"
  retention_in_days = each.value
  kms_key_id        = aws_kms_key.logs.arn
}}

resource "aws_ecs_task_definition" "{team}" {{
  family                   = "${{local.name}}-{team}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.{team}_execution.arn
  task_role_arn            = aws_iam_role.{team}_task.arn

  container_definitions = jsonencode([{{
    name         = "{team}"
    image        = "111122223333.dkr.ecr.us-east-1.amazonaws.com/{team}:1.4.2"
    essential    = true
    portMappings = [{{ containerPort = {port}, protocol = "tcp" }}]
    environment = [
      {{ name = "SERVICE_NAME", value = "{team}" }},
      {{ name = "BUCKET", value = aws_s3_bucket.{team}.bucket }},
    ]
    logConfiguration = {{
      logDriver = "awslogs"
      options = {{
        "awslogs-group"         = aws_cloudwatch_log_group.{team}.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "{team}"
      }}
    }}
  }}])
}}

resource "aws_lb_target_group" "{team}" {{
  name        = "{team}"
  port        = {port}
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id

  health_check {{
    path    = "/health"
    matcher = "200"
  }}
}}

resource "aws_lb_listener_rule" "{team}" {{
  listener_arn = aws_lb_listener.https.arn
  priority     = {priority}

  condition {{
    path_pattern {{
      values = ["/{team}/*"]
    }}
  }}

  action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.{team}.arn
  }}
}}

resource "aws_ecs_service" "{team}" {{
  name            = "{team}"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.{team}.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  deployment_circuit_breaker {{
    enable   = true
    rollback = {rollback}
  }}

  network_configuration {{
    subnets          = aws_subnet.private[*].id
    security_groups  = [aws_security_group.{team}.id]
    assign_public_ip = false
  }}

  load_balancer {{
    target_group_arn = aws_lb_target_group.{team}.arn
    container_name   = "{team}"
    container_port   = {port}
  }}
}}

module "{team}_worker" {{
  source   = "./modules/worker"
  for_each = local.{team}_workers

  name               = "{team}-${{each.key}}"
  settings           = each.value
  cluster            = aws_ecs_cluster.main.id
  subnets            = aws_subnet.private[*].id
  security_groups    = [aws_security_group.{team}.id]
  execution_role_arn = aws_iam_role.{team}_execution.arn
  task_role_arn      = aws_iam_role.{team}_task.arn
  log_days           = var.log_days
  log_key_arn        = aws_kms_key.logs.arn
  region             = var.region
}}
"""

WORKER = """
variable "name" { type = string }
variable "cluster" { type = string }
variable "subnets" { type = list(string) }
variable "security_groups" { type = list(string) }
variable "execution_role_arn" { type = string }
variable "task_role_arn" { type = string }
variable "log_days" { type = number }
variable "log_key_arn" { type = string }
variable "region" { type = string }

variable "settings" {
  type = object({
    cpu       = number
    memory    = number
    queue     = optional(string)
    min_tasks = optional(number, 1)
  })
}

locals {
  environment = merge({ NAME = var.name }, var.settings.queue == null ? {} : { QUEUE = var.settings.queue })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/workers/${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.log_key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.settings.cpu
  memory                   = var.settings.memory
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn

  container_definitions = jsonencode([{
    name        = var.name
    image       = "111122223333.dkr.ecr.${var.region}.amazonaws.com/worker:2.0.1"
    essential   = true
    environment = [for key, value in local.environment : { name = key, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.settings.min_tasks
  launch_type     = "FARGATE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnets
    security_groups  = var.security_groups
    assign_public_ip = false
  }
}

output "service" {
  value = aws_ecs_service.this.name
}
"""

SPARE = """
resource "aws_cloudwatch_log_group" "spare_{number}" {{
  name              = "/spare/${{local.name}}/{number}"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.logs.arn
}}
"""


def generate(resources: int, folder: Path) -> None:
    """Write the folder; it holds exactly that many resources, 12 at the least."""
    if resources < NETWORK_RESOURCES:
        raise SystemExit(f"the network alone has {NETWORK_RESOURCES} resources")
    teams, spare = divmod(resources - NETWORK_RESOURCES, TEAM_RESOURCES)
    worker = folder / "modules" / "worker"
    worker.mkdir(parents=True, exist_ok=True)
    _write(worker / "main.tf", WORKER)
    _write(folder / "network.tf", NETWORK)
    for number in range(teams):
        team = f"team_{number:04d}"
        text = TEAM.format(
            team=team,
            port=3000 + number,
            priority=100 + number,
            days=14 if number % 7 == 3 else 30,
            odd_days=7 if number % 7 == 5 else 30,
            rollback=str(number % 7 != 1).lower(),
        )
        _write(folder / f"{team}.tf", text)
    if spare:
        _write(folder / "spare.tf", "".join(SPARE.format(number=number) for number in range(spare)))


def _write(path: Path, text: str) -> None:
    path.write_text(text.lstrip("\n"), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        raise SystemExit("usage: generate_platform.py RESOURCES FOLDER")
    generate(int(sys.argv[1]), Path(sys.argv[2]))
