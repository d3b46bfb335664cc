# Sends each client to the region with the lowest latency, and away from a region in which no gateway is ready.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

# A region is healthy if its load balancer answers GET /healthz with 200, as it does while one of its gateways is ready: not while
# its Redis is down, for instance. Three locations of the health checkers must agree, so that a network failure at one of them moves no clients.
resource "aws_route53_health_check" "region" {
  for_each = var.regions

  type              = "HTTPS"
  fqdn              = each.value.host
  port              = 443
  resource_path     = "/healthz"
  enable_sni        = true
  request_interval  = 10
  failure_threshold = 3
  measure_latency   = true

  tags = {
    Name = "white-rabbit ${each.key}"
  }
}

# Resolvers keep an answer for its TTL: with 10 s x 3 to detect a failure, clients reach another region within 90 s.
resource "aws_route53_record" "ipv4" {
  for_each = var.regions

  zone_id         = var.zone_id
  name            = var.name
  type            = "A"
  ttl             = var.ttl_seconds
  records         = each.value.ipv4
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.region[each.key].id

  latency_routing_policy {
    region = each.value.aws_region
  }
}

resource "aws_route53_record" "ipv6" {
  for_each = { for region, at in var.regions : region => at if length(at.ipv6) > 0 }

  zone_id         = var.zone_id
  name            = var.name
  type            = "AAAA"
  ttl             = var.ttl_seconds
  records         = each.value.ipv6
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.region[each.key].id

  latency_routing_policy {
    region = each.value.aws_region
  }
}
