module "m" { source = "./sub/m" }
resource "terraform_data" "r" { input = { ws = terraform.workspace, m = path.module, r = path.root, sub = module.m.path } }
