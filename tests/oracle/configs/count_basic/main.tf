variable "n" { default = 3 }
resource "terraform_data" "c" {
  count = var.n
  input = "item-${count.index}"
}
resource "terraform_data" "none" {
  count = var.n > 5 ? 1 : 0
  input = "never"
}
output "all" { value = terraform_data.c[*].input }
output "first" { value = terraform_data.c[0].input }
output "none" { value = one(terraform_data.none[*].input) }
output "len" { value = length(terraform_data.none) }
