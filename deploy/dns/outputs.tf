output "url" {
  description = "Where clients connect to."
  value       = "wss://${var.name}/ws"
}

output "health_check_ids" {
  description = "Health check of each region, for alarms."
  value       = { for region, check in aws_route53_health_check.region : region => check.id }
}
