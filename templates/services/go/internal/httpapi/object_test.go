package httpapi

import (
	"encoding/json"
	"testing"
)

func TestInteger(t *testing.T) {
	tests := map[string]struct {
		want    int
		problem string
	}{
		`7`:                {7, ""},
		`-7`:               {-7, ""},
		`7.0`:              {7, ""},
		`7e2`:              {700, ""},
		`9007199254740992`: {1 << 53, ""},
		`9007199254740994`: {0, "must be an integer"},
		`-1e300`:           {0, "must be an integer"},
		`7.5`:              {0, "must be an integer"},
		`"7"`:              {0, "must be an integer"},
		`null`:             {0, "must be an integer"},
		``:                 {0, "is missing"},
	}
	for text, test := range tests {
		body := &object{fields: map[string]json.RawMessage{}}
		if text != "" {
			body.fields["n"] = json.RawMessage(text)
		}
		got, problem := body.integer("n"), ""
		if len(body.problems) > 0 {
			problem = body.problems[0].Message
		}
		if got != test.want || problem != test.problem || len(body.problems) > 1 || len(body.fields) > 0 {
			t.Errorf("%s is %d, problems %v", text, got, body.problems)
		}
	}
}
