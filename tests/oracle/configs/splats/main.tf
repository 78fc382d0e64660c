resource "terraform_data" "many" {
  for_each = toset(["x", "y"])
  input    = { name = each.value, tags = ["t-${each.key}"] }
}
resource "terraform_data" "one" { input = "single" }
output "names" { value = values(terraform_data.many)[*].input.name }
output "tags" { value = flatten(values(terraform_data.many)[*].input.tags) }
output "single" { value = terraform_data.one[*].input }
output "ids" { value = values(terraform_data.many)[*].id }
output "old" { value = [{ a = 1 }, { a = 2 }].*.a }
