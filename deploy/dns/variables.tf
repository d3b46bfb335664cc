variable "zone_id" {
  description = "Hosted zone that the name is in."
  type        = string
}

variable "name" {
  description = "Name that clients connect to: wss://NAME/ws. Every region's certificate must carry it."
  type        = string
}

variable "regions" {
  description = <<-EOT
    The regions, by the name that their gateways have as WR_REGION.
    host: the region's own name, which leads to its load balancer alone; its certificate must carry it, too.
    aws_region: where Route 53 measures to. Of a region outside AWS: the one that is closest to it.
    ipv4, ipv6: public addresses of its load balancer.
  EOT
  type = map(object({
    host       = string
    aws_region = string
    ipv4       = list(string)
    ipv6       = optional(list(string), [])
  }))

  validation {
    condition     = length(var.regions) > 0 && alltrue([for at in values(var.regions) : length(at.ipv4) > 0])
    error_message = "Name at least one region, and at least one IPv4 address of each."
  }

  validation {
    condition     = length(distinct([for at in values(var.regions) : at.aws_region])) == length(var.regions)
    error_message = "Route 53 takes one latency record for each aws_region: no two regions may share one."
  }
}

variable "ttl_seconds" {
  description = "How long resolvers may keep an answer."
  type        = number
  default     = 60
}
