locals {
  list = ["a", "b"]
  text = <<-EOT
    start
    %{for x in local.list~}
    - ${x}
    %{endfor~}
    %{if length(local.list) > 1}many%{else}few%{endif}
    end
  EOT
  raw  = <<EOT
  kept
    indent
EOT
}
resource "terraform_data" "r" { input = { text = local.text, raw = local.raw, esc = "$${x} %%{y} \u00e9\t" } }
