module tonnage/lab/consumers/go-common

go 1.26
