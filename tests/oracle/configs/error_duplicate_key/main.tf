resource "terraform_data" "r" { input = { for x in ["a", "a"] : x => 1 } }
