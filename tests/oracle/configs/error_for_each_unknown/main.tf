resource "terraform_data" "a" { input = ["x"] }
resource "terraform_data" "r" {
  for_each = toset(terraform_data.a.output)
  input    = each.value
}
