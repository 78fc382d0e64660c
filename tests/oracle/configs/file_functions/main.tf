locals {
  data = jsondecode(file("${path.module}/data/d.json"))
  yaml = yamldecode(file("./data/y.yaml"))
  set  = fileset(path.module, "data/*")
}
resource "terraform_data" "r" {
  input = { data = local.data, yaml = local.yaml, set = local.set, has = fileexists("nope"), b64 = filebase64("data/d.json"), md5 = filemd5("data/y.yaml") }
}
