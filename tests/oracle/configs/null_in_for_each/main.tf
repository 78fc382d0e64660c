locals {
  hosts = {
    api = { port = 4000, host = null }
    web = { port = 3000, host = "www" }
  }
}
resource "terraform_data" "x" {
  for_each = local.hosts
  input    = { port = each.value.port, host = each.value.host }
}
output "ports" { value = { for k, v in terraform_data.x : k => v.input.port } }
