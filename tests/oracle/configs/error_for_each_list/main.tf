resource "terraform_data" "r" {
  for_each = ["a", "b"]
  input    = each.value
}
