locals { vpc = "10.0.0.0/16" }
resource "terraform_data" "r" {
  input = {
    subs  = cidrsubnets(local.vpc, 8, 8, 4)
    host  = cidrhost("10.0.1.0/24", 5)
    mask  = cidrnetmask("172.16.0.0/12")
    each  = [for i in range(3) : cidrsubnet(local.vpc, 8, 101 + i)]
  }
}
