"""What a file of questions costs against a register of any size, beside a good use of Splink."""
