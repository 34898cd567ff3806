using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.Requests;

public sealed class IdempotencyTests(TestApi api) : IClassFixture<TestApi>
{
    private static object Activity(string title = "Sports day") => new
    {
        title,
        purpose = "To show families the day",
        heldOn = TestSchool.Today,
        channels = new[] { "website" },
        afterwards = "Destroyed",
    };

    [Fact]
    public async Task The_same_request_again_gets_the_same_answer_and_does_nothing()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var first = (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
        var again = (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
        Assert.Equal(first.Text, again.Text);
        Assert.Single((await teacher.GetAsync("activities")).Items);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        var teacher = await (await api.SchoolAsync()).TeacherAsync();
        (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
        (await teacher.PostAsync("activities", Activity("Another"), "k1")).MustRefuse(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task The_same_key_of_another_token_is_another_key()
    {
        var school = await api.SchoolAsync();
        var one = await school.PersonAsync(Role.Teacher, "One");
        var other = await school.PersonAsync(Role.Teacher, "Other");
        var first = (await one.PostAsync("activities", Activity(), "k1")).Must(201);
        var second = (await other.PostAsync("activities", Activity(), "k1")).Must(201);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task A_refused_request_frees_its_key()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        (await teacher.PostAsync("activities", Activity(""), "k1")).MustRefuse(422, "invalid");
        (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
    }

    [Fact]
    public async Task While_the_first_is_in_flight_the_second_is_told_to_wait()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
        await api.Records.ScalarAsync<int>(
            "with changed as (update idempotency_answers set status = null where key = 'k1' and school_id = $1 returning 1) select count(*)::int from changed",
            school.Id);
        (await teacher.PostAsync("activities", Activity(), "k1")).MustRefuse(409, "request-in-flight");

        // It died in flight: after its lease the request is done.
        await api.Records.ScalarAsync<int>(
            "with changed as (update idempotency_answers set lease_until = now() - interval '1 s' where school_id = $1 returning 1) select count(*)::int from changed",
            school.Id);
        (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
    }

    [Fact]
    public async Task Of_many_at_once_one_is_done()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => teacher.PostAsync("activities", Activity(), "k1")));
        Assert.All(replies, reply => Assert.True(reply.Status is 201 or 409, reply.Text));
        Assert.Single((await teacher.GetAsync("activities")).Items);
    }

    [Fact]
    public async Task After_a_day_a_key_is_new()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
        await api.Records.ScalarAsync<int>(
            "with changed as (update idempotency_answers set created_at = now() - interval '25 h' where school_id = $1 returning 1) select count(*)::int from changed",
            school.Id);
        (await teacher.PostAsync("activities", Activity("Another"), "k1")).Must(201);
    }

    [Fact]
    public async Task The_answer_is_authorised_anew()
    {
        var school = await api.SchoolAsync();
        var office = await school.OfficeAsync();
        var pupil = await school.PupilAsync();
        var body = new { name = "Grace Hopper", responsibility = true };
        (await office.PutAsync($"{pupil.Path}/guardians/g1", body, "k1")).Must(201);
        await api.Records.ScalarAsync<int>(
            "with changed as (update staff set roles = '{head}' where id = $1 returning 1) select count(*)::int from changed", office.Id);
        (await office.PutAsync($"{pupil.Path}/guardians/g1", body, "k1")).MustRefuse(403, "role-may-not");
    }

    [Fact]
    public async Task After_the_destruction_of_its_photo_a_repetition_is_told_so()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        (await teacher.PostAsync("activities", Activity(), "k1")).Must(201);
        // As if it had been about a photo that is destroyed since.
        await api.Records.ScalarAsync<int>("""
            with photo as (update idempotency_answers set photo_id = gen_random_uuid() where school_id = $1 returning photo_id),
            destroyed as (insert into tombstones (photo_id, school_id, cause, order_id) select photo_id, $1, 'erasure', gen_random_uuid() from photo returning 1)
            select count(*)::int from destroyed
            """, school.Id);
        (await teacher.PostAsync("activities", Activity(), "k1")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task No_personal_data_is_kept_for_it()
    {
        var school = await api.SchoolAsync();
        var office = await school.OfficeAsync();
        var pupil = await school.PupilAsync();
        (await office.PutAsync($"{pupil.Path}/guardians/g1", new { name = "Zebedee Quux", responsibility = true }, "k1")).Must(201);
        var kept = await api.Records.ScalarAsync<string>(
            "select string_agg(idempotency_answers::text, ' ') from idempotency_answers where school_id = $1", school.Id);
        Assert.DoesNotContain("Quux", kept, StringComparison.Ordinal);
    }
}
