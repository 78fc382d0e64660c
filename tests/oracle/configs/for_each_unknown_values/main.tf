resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "b" {
  for_each = { one = terraform_data.a.id, two = "known" }
  input    = each.value
}
