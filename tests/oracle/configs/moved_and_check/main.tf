resource "terraform_data" "new" { input = 1 }
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
check "ok" {
  assert {
    condition     = terraform_data.new.input == 1
    error_message = "not one"
  }
}
