locals { s = toset(["b", "a", "c", "a"]) }
resource "terraform_data" "r" {
  input = {
    list   = tolist(local.s)
    sorted = sort(local.s)
    has    = contains(local.s, "a")
    minus  = setsubtract(local.s, ["a"])
    union  = setunion(local.s, ["z"])
    inter  = setintersection(local.s, ["a", "q"])
    each   = [for x in local.s : upper(x)]
    length = length(local.s)
  }
}
