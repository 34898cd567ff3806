using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>Something written that only some may read.</summary>
/// <param name="Text">As it would stand in an answer.</param>
public sealed record Secret(string Text, Func<Asker, bool> IsTold);

/// <summary>The school whose records everybody asks for, with one of each and pictures in every state, and another school's people.</summary>
public sealed class AskedSchool
{
    private const PolicyProfile Profile = PolicyProfile.CentralStore;
    private readonly TestApi api;
    private readonly TestSchool school;

    private AskedSchool(TestApi api, TestSchool school) => (this.api, this.school) = (api, school);

    public List<Asker> Askers { get; } = [];
    public List<PhotoAsked> Photos { get; } = [];
    public List<Secret> Secrets { get; } = [];

    /// <summary>By the word that stands for it in <see cref="Asking"/>.</summary>
    public Dictionary<string, string> Ids { get; } = [];

    public Uri Address => api.Address;

    public static async Task<AskedSchool> MakeAsync(TestApi api)
    {
        var asked = new AskedSchool(api, await api.SchoolAsync(Profile));
        await asked.FillAsync();
        await asked.GatherAsync(await api.SchoolAsync(Profile));
        asked.KeepSecrets();
        return asked;
    }

    /// <summary>A new picture nobody has looked at, to be destroyed by whoever may.</summary>
    public async Task<Guid> FreshAsync(Asker asker)
    {
        var sender = asker.Name == "screener who sends" ? asker.Token! : (await school.TeacherAsync()).Token!;
        return (await new Person(api.Address, sender, Guid.Empty).PostBytesAsync($"photos?activity={Ids["activity"]}", TestPhotos.Picture(64, 48))).Must(201).Id;
    }

    private async Task FillAsync()
    {
        var (teacher, office, safeguarding, head, ict) =
            (await school.TeacherAsync(), await school.OfficeAsync(), await school.SafeguardingAsync(), await school.HeadAsync(), await school.IctAsync());
        await ChildAsync("mx-a00001", Channel.Website);
        await ChildAsync("mx-a00002");
        await ChildAsync("mx-a00003", Channel.Website);
        await ChildAsync("mx-a00004", Channel.Website);
        await ChildAsync("mx-a00005", Channel.Website);
        await ChildAsync("mx-a00006", Channel.Website);
        var refused = await AnswerAsync("mx-a00002", Channel.Website, "refused");
        (await office.PutAsync("pupils/mx-a00001/guardians/gx-a00001", new { name = "Griselda Guardcanary", email = "guardcanary@example.org", responsibility = true })).Must(201);
        (await safeguarding.PostAsync("pupils/mx-a00005/block", new { reason = "Blockcanary" })).Must(200);
        var activity = (await teacher.PostAsync("activities", new
        {
            title = "Titlecanary", purpose = "Purpose", heldOn = TestSchool.Today, channels = new[] { "website" }, afterwards = "Archive",
        })).Must(201).Id;
        (await (await school.ScreenerAsync()).PostAsync($"activities/{activity}/approval", new { decision = "approved" })).Must(200);
        var own = await school.PersonAsync(Role.Screener, "Screener who sends", "iPad of the screener");
        var names = new[] { "cleared", "not cleared", "untagged", "of a screener", "held", "held too", "indecent", "hidden", "leaving", "destroyed" };
        var photos = new Dictionary<string, Guid>();
        foreach (var name in names)
            photos[name] = (await (name == "of a screener" ? own : teacher).PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48))).Must(201).Id;
        foreach (var work in await api.Records.RunAsync<WorkQueue, List<WorkItem>>(queue => queue.ClaimAsync("test", [WorkKinds.Render], 50, default)))
            Assert.True(await api.Records.RunAsync<RenditionDesk, bool>(desk => desk.KeepAsync(
                work, [new(ObjectKind.Thumb, "jpeg", 64, 48, new byte[] { 1 }), new(ObjectKind.Web, "jpeg", 64, 48, new byte[] { 2 })], default)));
        foreach (var name in names.Except(["untagged"]))
        {
            string[] pupils = name switch { "not cleared" => ["mx-a00002"], "hidden" => ["mx-a00003", "mx-a00004"], "leaving" => ["mx-a00006"], _ => ["mx-a00001"] };
            var sender = name == "of a screener" ? own : teacher;
            (await sender.PutAsync($"photos/{photos[name]}/description", new { alt = name == "held" ? "Heldcanary" : "Altcanary" })).Must(200);
            (await sender.PutAsync($"photos/{photos[name]}/pupils", new { pupils, nobodyElse = true })).Must(200);
            if (name is not ("not cleared" or "of a screener")) await school.AcceptAsync(photos[name]);
        }
        foreach (var place in new[] { "Placecanary", "Notice board" })
            (await (await school.EditorAsync()).PostAsync($"photos/{photos["hidden"]}/publications", new { channel = "website", place })).Must(201);
        (await (await school.EditorAsync()).PostAsync($"photos/{photos["leaving"]}/publications", new { channel = "website", place = "Newsletter" })).Must(201);
        foreach (var pupil in new[] { "mx-a00003", "mx-a00006" }) await AnswerAsync(pupil, Channel.Internal, "withdrawn");
        var removals = (await office.GetAsync("removals?state=open")).Must(200).Items;
        foreach (var (word, place) in new[] { ("removal", "Placecanary"), ("removal done", "Notice board") })
            Ids[word] = removals.Single(row => row.TryGetProperty("where", out var where) && where.GetString() == place).GetProperty("id").GetString()!;

        var hold = new { reason = "Holdcanary", reviewOn = TestSchool.Today.AddDays(9) };
        Ids["hold"] = (await safeguarding.PostAsync($"photos/{photos["held"]}/holds", hold)).Must(201).Id.ToString();
        Ids["hold head"] = (await safeguarding.PostAsync($"photos/{photos["held too"]}/holds", hold)).Must(201).Id.ToString();
        (await head.PostAsync($"photos/{photos["indecent"]}/concerns", new { kind = "indecent", note = "Notecanary" })).Must(201);
        Ids["export"] = (await safeguarding.PostAsync($"photos/{photos["held"]}/police-export")).Must(202).Id.ToString();
        Ids["export head"] = (await head.PostAsync($"photos/{photos["held too"]}/police-export")).Must(202).Id.ToString();
        (await head.PostAsync($"photos/{photos["destroyed"]}/erasure", new { reason = "asked for" })).Must(202);
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photos["destroyed"]));

        (Ids["held"], Ids["held head"], Ids["work"]) = (photos["held"].ToString(), photos["held too"].ToString(), "999999999");
        Ids["activity"] = activity.ToString();
        Ids["answer"] = refused.ToString();
        Ids["pupil"] = "mx-a00001";
        Ids["blocked pupil"] = "mx-a00005";
        Ids["answered pupil"] = "mx-a00002";
        Ids["guardian"] = "gx-a00001";
        Ids["person"] = (await school.PersonAsync(Role.Teacher, "Spare person")).Id.ToString();
        await school.PersonAsync(Role.Teacher, "Another spare person", "Spare iPad");
        Ids["device"] = (await ict.GetAsync("devices")).Must(200).Items.Single(row => row.GetProperty("name").GetString() == "Spare iPad").GetProperty("id").GetString()!;
        Ids["token"] = (await ict.GetAsync("tokens")).Must(200).Items.Single(row => row.GetProperty("person").GetString() == "Another spare person").GetProperty("id").GetString()!;
        Ids["alarm"] = Guid.CreateVersion7().ToString();
        await api.Records.ExecuteAsync("""
            insert into access_alarms (id, school_id, staff_id, kind, looks, began_at, ended_at) select $1, school_id, id, 'numbers', 300, now(), now() from staff where id = $2
            """, Guid.Parse(Ids["alarm"]), Guid.Parse(Ids["person"]));
        Ids["purge"] = (await ict.PostAsync("purges", new { dryRun = true })).Must(202).Id.ToString();
        Ids["restore"] = Guid.CreateVersion7().ToString();
        await api.Records.ExecuteAsync("insert into restores (id, why, state, ended_at) values ($1, 'backup', 'done', now())", Guid.Parse(Ids["restore"]));

        foreach (var name in names.Except(["held too"]))
        {
            Photos.Add(new(name, photos[name], name == "of a screener" ? own.Id : teacher.Id, name is "untagged" ? [] : ["3B"], name switch
            {
                "held" => PhotoState.Held,
                "indecent" => PhotoState.Indecent,
                "hidden" => PhotoState.Hidden,
                "leaving" => PhotoState.Leaving,
                "destroyed" => PhotoState.Destroyed,
                _ => PhotoState.Shown,
            }, name == "cleared") { ForHead = name == "held" ? photos["held too"] : null });
        }
        await api.Records.SealAsync();
    }

    private async Task GatherAsync(TestSchool strangers)
    {
        foreach (var role in Enum.GetValues<Role>()) Askers.Add(await AskerAsync(school, Word(role), await school.AsAsync(role), role));
        Askers.Add(await AskerAsync(school, "teacher of 3B", await school.TeacherOfAsync("3B"), Role.Teacher, "3B"));
        Askers.Add(await AskerAsync(school, "teacher of 9Z", await school.TeacherOfAsync("9Z"), Role.Teacher, "9Z"));
        Askers.Add(await AskerAsync(school, "screener who sends", await school.PersonAsync(Role.Screener, "Screener who sends", "iPad of the screener"), Role.Screener));
        var former = await school.PersonAsync(Role.Office, "Somebody without a role");
        await api.Records.ExecuteAsync("update staff set roles = '{}' where id = $1", former.Id);
        Askers.Add(await AskerAsync(school, "nothing", former, null));
        foreach (var role in Enum.GetValues<Role>()) Askers.Add(await AskerAsync(strangers, $"{Word(role)} of another school", await strangers.AsAsync(role), role));
        foreach (var (name, one) in new[] { ("program", school), ("program of another school", strangers) })
        {
            var program = await one.PersonAsync(Role.Editor, "Website", null, Channel.Website);
            Askers.Add(new(name, one == school, new(ActorKind.Program, program.Id, [Role.Editor], Guid.Empty, null, Channel.Website), program.Token, null, null, [], Publishing));
        }

        var office = Askers.Single(one => one.Name == "office");
        Askers.Add(new("nobody", true, null, null, null, null, [], []));
        Askers.Add(new("office at the wrong door", true, null, office.Token, office.Cookies, office.Seal, [], []) { WrongDoor = true });
        foreach (var (name, column) in new[] { ("office, revoked", "revoked_at"), ("office, expired", "expires_at") })
        {
            var person = await school.PersonAsync(Role.Office, name);
            var asker = await AskerAsync(school, name, person, Role.Office);
            await api.Records.ExecuteAsync($"update access_tokens set {column} = now() - interval '1 minute' where staff_id = $1", person.Id);
            await api.Records.ExecuteAsync("update sessions set expires_at = now() - interval '1 minute' where staff_id = $1", person.Id);
            Askers.Add(asker with { Who = null });
        }
    }

    private void KeepSecrets()
    {
        Tell("Altcanary", who => Photos.Any(photo => photo.State != PhotoState.Held && Expected.Knows(who, photo, Rights.KnowPhoto)) || May(who, Rights.Publish));
        Tell("Heldcanary", who => Expected.Knows(who, Photos.Single(photo => photo.Name == "held"), Rights.KnowPhoto));
        Tell("Quillcanary", who => May(who, Rights.SeePupils) || May(who, Rights.SeeNames));
        Tell("uardcanary", who => May(who, Rights.KeepGuardians));
        Tell("2017-03-04", who => May(who, Rights.KeepPupils));
        Tell("Blockcanary", who => May(who, Rights.SeeBlock));
        Tell("Holdcanary", who => May(who, Rights.SeeHeldWhy));
        Tell("Notecanary", who => May(who, Rights.SeeHeldWhy));
        Tell("Placecanary", who => May(who, Rights.SeeRemovals));
        Tell("Titlecanary", who => May(who, Rights.SeeActivities) || Photos.Any(photo => Expected.Knows(who, photo, Rights.KnowPhoto)));
        Tell("guardian-no", who => May(who, Rights.SeeWhy));
        // The audit names causes, and no child.
        Tell("internalNo", who => May(who, Rights.SeeRemovalCause) || May(who, Rights.ReadAudit));
        Tell(PhotoGuard.Api.Pages.Speech.Of(RemovalCause.InternalNo), who => May(who, Rights.SeeRemovalCause));
    }

    private void Tell(string text, Func<Asker, bool> isTold) => Secrets.Add(new(text, isTold));

    private static bool May(Asker who, Right right) => who is { Ours: true, Who: { } by } && right.Allows(by, Deliveries.RelationTo(by, who.Publishing));

    private static Role[] Publishing => PolicySwitches.Of(Profile, Guid.Empty).PublishingRoles;

    private static string Word(Role role) => Words.Of(role);

    private async Task<Asker> AskerAsync(TestSchool of, string name, Person person, Role? role, params string[] classes)
    {
        using var visitor = await of.VisitAsync(person.Id);
        var seal = (await visitor.GetAsync("/")).Must(200).Document.QuerySelector("input[name=seal]")!.GetAttribute("value");
        return new(name, of == school, new(ActorKind.Person, person.Id, role is { } one ? [one] : [], Guid.Empty), person.Token, visitor.Cookies, seal, classes, Publishing);
    }

    private async Task ChildAsync(string misId, params Channel[] given)
    {
        (await (await school.OfficeAsync()).PutAsync($"pupils/{misId}", new
        {
            givenName = "Zebedee", familyName = "Quillcanary", dateOfBirth = "2017-03-04", className = "3B",
        })).Must(201);
        foreach (var channel in given.Append(Channel.Internal)) await AnswerAsync(misId, channel, "given");
    }

    private async Task<Guid> AnswerAsync(string misId, Channel channel, string answer) => (await (await school.OfficeAsync()).PostAsync($"pupils/{misId}/consents", new
    {
        channel = Words.Of(channel), answer, by = new { kind = "guardian", name = "Griselda Guardcanary" }, route = "paper", noticeVersion = "2026-09",
    })).Must(201).Id;
}
