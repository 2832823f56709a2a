module github.com/hashicorp/vault/api/auth/ldap

go 1.26.0
