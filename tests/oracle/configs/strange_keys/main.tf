resource "terraform_data" "r" {
  for_each = toset(["a b", "q\"uote", "back\\slash", "dots.and/slash", "$${x}", "ü"])
  input    = each.key
}
