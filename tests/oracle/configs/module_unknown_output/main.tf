module "a" { source = "./a" }
module "b" {
  source = "./b"
  id     = module.a.id
  tags   = { Name = "x", Id = module.a.id }
}
output "tags" { value = module.b.tags }
