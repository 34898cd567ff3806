using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Devices;

/// <summary>How a browser becomes a school's device (P5): by an address or a code, once, within a quarter of an hour.</summary>
public sealed class EnrolmentTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task A_code_makes_a_browser_the_device_and_signs_nobody_in()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        using var iPad = new PageVisitor(api.Address);
        // As people type.
        (await iPad.PostAsync("/enrol", ("code", $" {offer.Code.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant()}"))).Must(200).MustSay("the school's device now");
        Assert.StartsWith("/sign-in", (await iPad.GetAsync("/activities")).Path, StringComparison.Ordinal);

        (await iPad.PostAsync($"/sign-in/{await school.LinkAsync(Role.Teacher)}")).Must(200);
        var activity = await school.ActivityAsync();
        (await iPad.SendFilesAsync($"/activities/{activity}/pictures", ("one.jpeg", TestPhotos.Picture()))).Must(200).MustSay("1 of 1 picture taken");
        Assert.Equal(offer.Device.Id, await api.Records.ScalarAsync<Guid>("select device_id from photos where activity_id = $1", activity));
    }

    [Fact]
    public async Task Looking_at_an_address_does_not_use_it_up_and_pressing_its_button_does()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        using var preview = new PageVisitor(api.Address);
        for (var look = 0; look < 3; look++) (await preview.GetAsync($"/enrol/{offer.Secret}")).Must(200).MustSay("Make this browser the device");
        using var iPad = new PageVisitor(api.Address);
        (await iPad.PostAsync($"/enrol/{offer.Secret}")).Must(200).MustSay("the school's device now");
        // One of the two can be used, once.
        (await preview.PostAsync($"/enrol/{offer.Secret}")).Must(410).MustSay("is not valid");
        (await preview.PostAsync("/enrol", ("code", offer.Code))).Must(410).MustSay("is not valid");
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from audit_entries where event = 'device.browser-enrolled' and subject_id = $1", $"{offer.Device.Id}"));
    }

    [Fact]
    public async Task Of_many_browsers_that_use_an_offer_at_once_one_becomes_the_device()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(nth => TriedAsync(desk =>
            nth % 2 == 0 ? desk.WithAddressAsync(offer.Secret, default) : desk.WithCodeAsync(offer.Code, default))));
        Assert.Single(taken, problem => problem is null);
        Assert.All(taken.OfType<string>(), problem => Assert.Equal("enrolment-not-valid", problem));
    }

    [Fact]
    public async Task After_a_quarter_of_an_hour_or_when_a_new_one_is_shown_an_offer_is_void()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        Assert.Equal(1, await api.Records.ExecuteAsync(
            "update device_enrolments set expires_at = expires_at - interval '15 minutes' where device_id = $1", offer.Device.Id));
        Assert.Equal("enrolment-not-valid", await TriedAsync(desk => desk.WithCodeAsync(offer.Code, default)));
        Assert.Equal("enrolment-not-valid", await TriedAsync(desk => desk.WithAddressAsync(offer.Secret, default)));

        var (before, now) = (await school.OfferAsync("iPad 07"), await school.OfferAsync("iPad 07"));
        Assert.Equal("enrolment-not-valid", await TriedAsync(desk => desk.WithCodeAsync(before.Code, default)));
        Assert.Null(await TriedAsync(desk => desk.WithCodeAsync(now.Code, default)));
    }

    [Fact]
    public async Task No_offer_makes_a_browser_a_device_that_was_revoked()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        await school.RevokeAsync(offer.Device.Id);
        Assert.Equal("enrolment-not-valid", await TriedAsync(desk => desk.WithAddressAsync(offer.Secret, default)));
        var refused = await Assert.ThrowsAsync<Refusal>(() => api.Records.RunAsync<EnrolmentDesk, EnrolmentOffer>(
            desk => desk.OfferAsync(Act.OfSystem(school.Id), offer.Device.Id, default)));
        Assert.Equal("device-revoked", refused.Type);
    }

    [Fact]
    public async Task Enrolled_again_it_is_another_browser_and_who_was_signed_in_on_the_one_before_is_out()
    {
        var school = await api.SchoolAsync();
        using var before = await school.VisitOnAsync("iPad 07");
        using var now = await school.VisitOnAsync("iPad 07");
        Assert.StartsWith("/sign-in", (await before.GetAsync("/activities")).Path, StringComparison.Ordinal);
        // Its cookie is worth nothing any more: whoever signs in there is on no device.
        (await before.PostAsync($"/sign-in/{await school.LinkAsync(Role.Teacher)}")).Must(200);
        var path = $"/activities/{await school.ActivityAsync()}/pictures";
        (await before.SendFilesAsync(path, ("one.jpeg", TestPhotos.Picture()))).Must(422).MustSay("the school's own devices only");
        (await now.SendFilesAsync(path, ("one.jpeg", TestPhotos.Picture()))).Must(200);
        Assert.Equal(1L, await api.Records.ScalarAsync<long>(
            "select count(*) from audit_entries where school_id = $1 and event = 'device.browser-enrolled' and (details ->> 'moved')::boolean", school.Id));
    }

    [Fact]
    public async Task A_code_makes_a_browser_the_device_of_its_own_school_and_no_other()
    {
        var (school, other) = (await api.SchoolAsync(), await api.SchoolAsync());
        using var iPad = await school.VisitOnAsync("iPad 07");
        var foreign = await other.OfferAsync("iPad 07");
        (await iPad.PostAsync("/enrol", ("code", foreign.Code))).Must(200);
        // Whoever was signed in is so no longer, and a person of the first school is on no device of it.
        Assert.StartsWith("/sign-in", (await iPad.GetAsync("/activities")).Path, StringComparison.Ordinal);
        (await iPad.PostAsync($"/sign-in/{await school.LinkAsync(Role.Teacher)}")).Must(200);
        (await iPad.SendFilesAsync($"/activities/{await school.ActivityAsync()}/pictures", ("one.jpeg", TestPhotos.Picture())))
            .Must(422).MustSay("the school's own devices only");

        var ict = await other.IctAsync();
        var device = await school.DeviceAsync("iPad 07");
        (await ict.PostAsync($"devices/{device}/revocation")).MustRefuse(404, "not-found");
        Assert.DoesNotContain((await ict.GetAsync("devices")).Must(200).Items, item => item.GetProperty("id").GetGuid() == device);
    }

    [Fact]
    public async Task Whoever_guesses_codes_is_stopped_by_the_thousandth_try_whoever_else_tries_and_addresses_go_on()
    {
        // Of its own: the tries are those of the whole service.
        await using var records = await TestRecords.CreateAsync();
        var school = await records.AddSchoolAsync();
        var act = Act.OfSystem(school.Id);
        var device = await records.RunAsync<DeviceDesk, Device>(desk => desk.EnrolAsync(act, "iPad 07", null, default));
        var offer = await records.RunAsync<EnrolmentDesk, EnrolmentOffer>(desk => desk.OfferAsync(act, device.Id, default));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 40).Select(nth => RefusedAsync(records, desk => desk.WithCodeAsync($"{Letters[nth % 32]}{Letters[nth / 32]}ABCDEF", default))));
        Assert.All(guesses, problem => Assert.Equal("enrolment-not-valid", problem));
        Assert.Equal(40, await records.ScalarAsync<int>("select sum(tries)::int from enrolment_tries"));
        // What is no code at all costs no try.
        foreach (var typed in new[] { "", "short", "0000-0000", "AAAA-AAAA-AAAA", "ÄÄÄÄ-ÄÄÄÄ" })
            Assert.Equal("enrolment-not-valid", await RefusedAsync(records, desk => desk.WithCodeAsync(typed, default)));
        Assert.Equal(40, await records.ScalarAsync<int>("select sum(tries)::int from enrolment_tries"));

        await records.ExecuteAsync("update enrolment_tries set tries = 1000");
        Assert.Equal("slow-down", await RefusedAsync(records, desk => desk.WithCodeAsync(offer.Code, default)));
        Assert.Null(await RefusedAsync(records, desk => desk.WithAddressAsync(offer.Secret, default)));
        var after = await records.RunAsync<EnrolmentDesk, EnrolmentOffer>(desk => desk.OfferAsync(act, device.Id, default));
        await records.ExecuteAsync("update enrolment_tries set quarter = quarter - interval '15 minutes'");
        Assert.Null(await RefusedAsync(records, desk => desk.WithCodeAsync(after.Code, default)));
    }

    [Fact]
    public async Task Neither_address_nor_code_nor_cookie_stands_in_the_records()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        var browser = await api.Records.RunAsync<EnrolmentDesk, string>(desk => desk.WithAddressAsync(offer.Secret, default));
        var kept = await api.Records.ScalarAsync<string>("""
            select concat((select string_agg(t::text, ' ') from devices t), (select string_agg(t::text, ' ') from device_enrolments t),
              (select string_agg(t::text, ' ') from upload_grants t), (select string_agg(t::text, ' ') from audit_entries t))
            """);
        foreach (var secret in new[] { offer.Secret, offer.Code, offer.Code.Replace("-", "", StringComparison.Ordinal), browser })
            Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
        // Nor its plain digest, which two thousand million tries a second would find within minutes.
        foreach (var code in new[] { offer.Code, offer.Code.Replace("-", "", StringComparison.Ordinal) })
            Assert.DoesNotContain(Convert.ToHexStringLower(Secret.Hash(code)), kept, StringComparison.Ordinal);
    }

    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    private Task<string?> TriedAsync(Func<EnrolmentDesk, Task<string>> take) => RefusedAsync(api.Records, take);

    /// <returns>The problem; null where there was none.</returns>
    private static async Task<string?> RefusedAsync(TestRecords records, Func<EnrolmentDesk, Task<string>> take)
    {
        try
        {
            await records.RunAsync(take);
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal.Type;
        }
    }
}
