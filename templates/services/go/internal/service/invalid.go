package service

import "strings"

// FieldProblem says what is wrong with one field of a request.
type FieldProblem struct {
	Field   string
	Message string
}

// Invalid is the error of a request whose fields break a rule.
type Invalid []FieldProblem

func (i Invalid) Error() string {
	texts := make([]string, len(i))
	for n, problem := range i {
		texts[n] = problem.Field + " " + problem.Message
	}
	return strings.Join(texts, ", ")
}
