module "outer" {
  source = "./modules/outer"
  names  = ["a", "b"]
  prefix = "p"
}
output "all" { value = module.outer.all }
output "first" { value = module.outer.by_name["a"] }
