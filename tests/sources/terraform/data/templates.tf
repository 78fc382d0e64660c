locals {
  x = "X"
  a1 = "a $$${local.x} b"
  a2 = "a $$$ b $ % $$ %% $$$$"
  a3 = "x   ${~ 1 ~}   y"
  a4 = "%%{ $${ %{if true}a%{else}b%{endif} %%%{if false}${1} "
  a5 = { true = 1, null = 2, 1 = 3, "x${local.x}" = 5, (local.x) = 3 }
  a6 = "$$${~ 1}  $${~ x }"
  b1 = <<-EOT
    a
      %{ for x in [1,2] ~}
      s ${x}
      %{ endfor ~}
    b
  EOT
  b2 = <<-EOT

      a

    b ${local.x}
     ${local.x} c
  EOT
  b3 = <<EOT
a   

  ${~ local.x ~}  

  b \n $${x} $$$ %%{ \" " 
  EOT
  b4 = <<-EOT
  ${local.x}
    a
  EOT
  b5 = <<-EOT
  	a
  	  b
  EOT
  b6 = <<-EOT
     
       a
  EOT
  b7 = <<-EOT
     %{ if true }
       a
     %{ endif }
  EOT
  b8 = <<EOT
EOT
  b9 = upper(<<EOT
aa
EOT
)
  c1 = [<<A
${<<A
inner
A
} tail
A
, 2]
  c2 = <<EOT
 EOT x
EOT2
   EOT   
  c3 = <<-EOT
   ${local.x ~}

     foo
     bar
  EOT
  c4 = "${local.x}%{ if true ~}   ${~ "y" ~}  %{~ else }z%{endif}"
  c5 = "a\n${~ local.x}"
  all = jsonencode([local.a1,local.a2,local.a3,local.a4,local.a5,local.a6,local.b1,local.b2,local.b3,local.b4,local.b5,local.b6,local.b7,local.b8,local.b9,local.c1,local.c2,local.c3,local.c4,local.c5])
}
