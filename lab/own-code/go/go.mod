module owncode

go 1.26
