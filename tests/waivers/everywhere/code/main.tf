resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.101.0/24"
  availability_zone = "eu-west-1c" # not one of the zones
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1c" # not one of the zones
}

resource "aws_cloudwatch_log_group" "services" {
  for_each          = toset(["api", "analytics"])
  name              = "/shop/prod/${each.key}"
  retention_in_days = 7 # too short
}

resource "aws_ecs_cluster" "main" {
  name = "shop-prod"
}

resource "aws_ecs_task_definition" "services" {
  for_each                 = toset(["api", "analytics"])
  family                   = "shop-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 2048
  memory                   = 4096
  container_definitions    = jsonencode([{ name = each.key, image = "shop/${each.key}:1" }])
}

resource "aws_ecs_service" "services" {
  for_each        = toset(["api", "analytics"])
  name            = each.key
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.services[each.key].arn
  launch_type     = "FARGATE"

  deployment_circuit_breaker {
    enable   = false # has to be on
    rollback = true
  }
}
