module "m" {
  source = "./m"
  cfg = {
    a = { name = "one" }
    b = { name = "two", scaling = { max = 9 }, extra = ["x"] }
  }
}
output "cfg" { value = module.m.cfg }
