package platform

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestTraceGoesOnOrBegins(t *testing.T) {
	const id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	tests := map[string]struct {
		header []string
		goesOn bool
	}{
		"valid":               {[]string{"00-" + id + "-" + parent + "-01"}, true},
		"not sampled":         {[]string{"00-" + id + "-" + parent + "-00"}, true},
		"later version":       {[]string{"01-" + id + "-" + parent + "-01-more"}, true},
		"none":                {nil, false},
		"two":                 {[]string{"00-" + id + "-" + parent + "-01", "00-" + id + "-" + parent + "-01"}, false},
		"version ff":          {[]string{"ff-" + id + "-" + parent + "-01"}, false},
		"more in version 00":  {[]string{"00-" + id + "-" + parent + "-01-more"}, false},
		"trace id of zeros":   {[]string{"00-" + strings.Repeat("0", 32) + "-" + parent + "-01"}, false},
		"parent id of zeros":  {[]string{"00-" + id + "-" + strings.Repeat("0", 16) + "-01"}, false},
		"upper case":          {[]string{"00-" + strings.ToUpper(id) + "-" + parent + "-01"}, false},
		"something different": {[]string{"hello"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			trace := NewTrace(http.Header{"Traceparent": test.header})
			if (trace.TraceID == id) != test.goesOn {
				t.Errorf("trace id is %s", trace.TraceID)
			}
			if trace.SpanID == parent {
				t.Error("the span is not new")
			}
			out := http.Header{}
			trace.Inject(out)
			want := regexp.MustCompile("^00-" + trace.TraceID + "-" + trace.SpanID + "-0[01]$")
			if len(trace.TraceID) != 32 || len(trace.SpanID) != 16 || !want.MatchString(out.Get("traceparent")) {
				t.Errorf("passed on as %s", out.Get("traceparent"))
			}
		})
	}
}

func TestRequestIDIsAcceptedOrMade(t *testing.T) {
	for _, good := range []string{"a", "A-b_c.9", strings.Repeat("x", 64)} {
		if got := NewTrace(http.Header{"X-Request-Id": {good}}).RequestID; got != good {
			t.Errorf("%q became %q", good, got)
		}
	}
	for _, bad := range []string{"", "a b", "a\n", "é", strings.Repeat("x", 65)} {
		got := NewTrace(http.Header{"X-Request-Id": {bad}}).RequestID
		if got == bad || !requestIDPattern.MatchString(got) {
			t.Errorf("%q became %q", bad, got)
		}
	}
}
