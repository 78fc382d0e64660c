resource "terraform_data" "a" {
  for_each = { x = 1, y = 2 }
  input    = each.value
}
resource "terraform_data" "b" {
  for_each = terraform_data.a
  input    = { key = each.key, of = each.value.input, id = each.value.id }
}
output "b" { value = { for k, v in terraform_data.b : k => v.input.of } }
