// The catalogue as a page: an entry for each case, and the rules of the specification with their cases.
#include "conformance/report/index.hpp"

#include "conformance/report/matrix.hpp"
#include "conformance/report/page.hpp"

#include <map>

namespace keyslot::conformance {
namespace {

using sim::element;
using sim::escaped;

std::string link_to(std::string const& id) {
    return element("a", "href=\"#" + escaped(id) + "\"", escaped(id));
}

std::string listed(std::vector<std::string> const& texts) {
    std::string list;
    for (std::string const& text : texts) {
        list += (list.empty() ? "" : ", ") + text;
    }
    return list;
}

std::string entry(Case const& test) {
    std::string outcomes;
    for (AcceptedOutcome const& outcome : test.accept) {
        outcomes += element("li", "",
                            escaped(outcome.name) +
                                (outcome.strict ? "" : " " + element("small", "", "tolerated")));
    }
    std::vector<std::string> const needs = needs_of(test);
    std::string const takes = needs.empty() ? "" : "; takes " + listed(needs);
    return element("section", "class=\"entry\" id=\"" + escaped(test.id) + "\"",
                   element("h4", "",
                           escaped(test.id) + " " + element("small", "", to_string(test.level))) +
                       element("p", "", escaped(test.requirement)) +
                       element("ul", "class=\"reasons\"", outcomes) +
                       element("p", "class=\"note\"", escaped(test.source + takes))) +
           "\n";
}

std::string contents(std::vector<Case> const& cases) {
    std::map<std::string_view, std::size_t> groups;
    for (Case const& test : cases) {
        ++groups[group_of(test)];
    }
    std::string items;
    for (auto const& [group, count] : groups) {
        std::string const name = escaped(group);
        items += element("li", "",
                         element("a", "href=\"#" + name + "\"", name) + " " +
                             element("small", "", std::to_string(count)));
    }
    return element("ul", "class=\"legend\"", items);
}

std::string rule_table(std::vector<SpecificationRule> const& rules) {
    std::string rows;
    std::string_view section;
    for (SpecificationRule const& rule : rules) {
        if (rule.section != section) {
            section = rule.section;
            rows +=
                element("tr", "class=\"group\"", element("th", "colspan=\"2\"", escaped(section)));
        }
        std::vector<std::string> links;
        for (std::string const& id : rule.cases) {
            links.push_back(link_to(id));
        }
        rows += element("tr", "",
                        element("td", "", escaped(rule.text)) + element("td", "", listed(links))) +
                "\n";
    }
    return element("table", "class=\"rules\"", rows);
}

}  // namespace

std::string to_index(std::vector<Case> const& cases, std::vector<SpecificationRule> const& rules) {
    std::string body = element("h1", "",
                               "Redis Cluster clients: what is judged " +
                                   element("small", "", std::to_string(cases.size()) + " cases"));
    body += contents(cases);
    std::string_view group;
    for (Case const& test : cases) {
        if (group_of(test) != group) {
            group = group_of(test);
            body += element("h2", "id=\"" + escaped(group) + "\"", escaped(group));
        }
        body += entry(test);
    }
    body += element("h2", "id=\"specification\"", "Rules of the cluster specification") +
            rule_table(rules);
    return html_page("Redis Cluster clients: the conformance cases", body);
}

}  // namespace keyslot::conformance
