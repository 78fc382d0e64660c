variable "rules" {
  type = list(object({ port = number, cidrs = optional(list(string), ["10.0.0.0/8"]), desc = optional(string) }))
  default = [
    { port = 80 },
    { port = "443", cidrs = ["0.0.0.0/0"], desc = "tls" },
  ]
}
resource "terraform_data" "rule" {
  count = length(var.rules)
  input = merge(var.rules[count.index], { index = count.index })
}
output "by_port" { value = { for r in var.rules : r.port => r.cidrs } }
