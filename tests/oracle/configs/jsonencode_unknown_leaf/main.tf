resource "terraform_data" "a" { input = "img" }
locals {
  tree = [{ name = "api", image = terraform_data.a.output, port = 4000 }]
}
resource "terraform_data" "d" { input = jsonencode(local.tree) }
resource "terraform_data" "k" { input = jsonencode([{ name = "api", port = 4000, ok = true, none = null, f = 1.5 }]) }
output "port" { value = local.tree[0].port }
